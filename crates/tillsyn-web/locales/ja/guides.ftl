nav-docs = ドキュメント
docs-intro = 操作のしかた、そのしくみ、一覧をまとめています。
docs-search = ドキュメントを検索
docs-found = { $n ->
   *[other] 「{ $a }」を含む節：{ $n }件
}
docs-none = すべての語を含む節はありません。語を減らしてお試しください。
docs-all = すべてのドキュメント
docs-guide = ガイド
docs-guide-about = 操作のしかた
docs-concepts = 考え方
docs-concepts-about = しくみと理由
docs-reference = リファレンス
docs-reference-about = 一覧と詳細
docs-contents = このページの内容
docs-foreign = このドキュメントは英語で書かれています。
docs-what = 詳しい説明
