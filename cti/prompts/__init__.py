"""Prompts: which sound files the callers hear are wanted, made from text where nobody recorded them, and sound?"""
