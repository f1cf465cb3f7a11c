mail.ours.test
# secondary names
