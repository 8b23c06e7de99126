def run(**k): pass
