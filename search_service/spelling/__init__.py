"""Names as readers type them: by their letters, by their sound, with a slip of the keyboard."""
