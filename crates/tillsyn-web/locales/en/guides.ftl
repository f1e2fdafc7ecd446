nav-docs = Documentation
docs-intro = How things are done, why they are so, and what there is.
docs-search = Search the documentation
docs-found = { $n ->
    [one] { $n } section with “{ $a }”
   *[other] { $n } sections with “{ $a }”
}
docs-none = No section holds all of these words. Try fewer of them.
docs-all = All documents
docs-guide = Guide
docs-guide-about = How something is done
docs-concepts = Concepts
docs-concepts-about = Why it is so
docs-reference = Reference
docs-reference-about = What there is
docs-contents = On this page
docs-foreign = This document is in English.
docs-what = What this means
