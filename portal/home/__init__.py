"""The first page of each role: what waits for me?"""
