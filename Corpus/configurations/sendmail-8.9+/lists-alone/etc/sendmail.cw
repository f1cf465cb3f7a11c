ours.test
