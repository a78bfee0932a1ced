"""What workshops leave behind as files: a workbook, decks, a booklet, charts. Made in another process."""
