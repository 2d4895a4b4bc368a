"""What on this machine, or on its Asterisk, would keep the engine from working?"""
