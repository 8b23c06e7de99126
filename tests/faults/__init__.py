"""What storage can do to a program: killed, power cut, disk full, disk broken."""
