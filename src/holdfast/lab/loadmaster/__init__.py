"""A simulated LoadMaster: both APIs over HTTPS, state in memory, faults on demand.

What is known of the device is followed; where sources disagree or are silent, a field of
`Switches` chooses, and its comment says what is not known. Must not: be lenient where the
device may be strict, for then clients would come to rely on it.
"""
