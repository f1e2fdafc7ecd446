# ディレクトリ: 人とグループの提供元。

activity-directory-added = ディレクトリを追加しました
activity-directory-changed = ディレクトリを変更しました
activity-directory-removed = ディレクトリを削除しました
activity-directory-token = ディレクトリのトークンを作成しました
activity-directory-token-revoked = ディレクトリのトークンを失効させました
activity-directory-run = 読み込まれました
activity-directory-held = 一度に多くを取り除くため、保留されています
activity-directory-released = ディレクトリの変更を許可しました
activity-directory-declined = ディレクトリの変更を却下しました
activity-directory-ill = 読み込めません
activity-directory-well = 再び読み込めるようになりました
activity-directory-linked = ディレクトリの項目を人にリンクしました
activity-directory-leavers = 退職者のデバイスの扱いを変更しました
activity-directory-state = 人の状態を変更しました
notice-directory-held = ディレクトリが一度に多くを取り除こうとしています。確認をお待ちしています。
notice-directory-ill = ディレクトリを読み込めません。以前の内容はそのまま残ります。
