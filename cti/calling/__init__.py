"""How does what is promised or planned come onto the floor, and what came of it back? For promises, and for campaigns.

Pure, and the only room that knows both acd/ and outbound/, which do not know each other.
"""
