virtual.test
