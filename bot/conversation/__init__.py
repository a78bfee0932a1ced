"""From what someone did to the reply: routes, router, dispatch, dialogues, undo, live screens."""
