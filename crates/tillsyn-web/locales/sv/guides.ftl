nav-docs = Dokumentation
docs-intro = Hur man gör, varför det är så och vad som finns.
docs-search = Sök i dokumentationen
docs-found = { $n ->
    [one] { $n } avsnitt med ”{ $a }”
   *[other] { $n } avsnitt med ”{ $a }”
}
docs-none = Inget avsnitt innehåller alla orden. Försök med färre.
docs-all = Alla dokument
docs-guide = Handledning
docs-guide-about = Hur man gör
docs-concepts = Begrepp
docs-concepts-about = Varför det är så
docs-reference = Referens
docs-reference-about = Vad som finns
docs-contents = På den här sidan
docs-foreign = Det här dokumentet är på engelska.
docs-what = Vad det betyder
