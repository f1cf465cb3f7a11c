mail.ours.test
