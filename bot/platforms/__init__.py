"""Contains an adapter for each platform that people use; only the adapters know the libraries of chats."""
