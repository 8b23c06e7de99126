"""A database on a server: who may do what there, tried against a real one."""
