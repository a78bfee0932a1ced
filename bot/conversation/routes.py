    `confirmed` is for what may ruin somebody whose personal link was stolen: it gives out a way in, takes one away, or
    erases for good. In a browser in which the person's page is new it waits until they say that it is theirs, as every
    `secret` answer does.

