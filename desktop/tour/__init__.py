"""The guided tour through the program, off-screen."""
