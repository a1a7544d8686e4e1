raise RuntimeError("modules named *_test are not to be imported")
