# パスワード以外のサインインと、自分のアカウント。
account-link = （自分のアカウント）
account-title = 自分のアカウント
account-required = この役割には二要素認証が必要です。パスキーまたは認証アプリを追加してください。

second-title = もう一段階の確認
second-intro = { $person }さん、パスワードは確認できました。二つ目の要素を示してください。
second-code = アプリのコード、またはリカバリーコード
second-code-hint = アプリに表示される6桁の数字です。手元にない場合は、リカバリーコードを1つ入力してください。
second-recovery = リカバリーコード
second-recovery-hint = 16文字の英数字です。各コードは1回だけ使えます。
error-code-used = このコードは正しくないか、すでに使われています
error-password-same = 現在のパスワードと同じです。別のものを選んでください

passkey-use = パスキーを使う
passkey-failed = うまくいきませんでした。もう一度試すか、別の方法を使ってください。
passkeys = パスキー
passkeys-intro = パスキーを使うと、指紋、顔、またはデバイスのPINでサインインできます。パスワードとコードの代わりになります。
passkeys-none-here = パスキーを使うには、このコンソールがホスト名とhttpsで公開されている必要があります。
passkey-added = 追加日時
passkey-synced = 複数のデバイスで利用
passkey-name = パスキーの名前
passkey-name-hint = 例えば、保存先のデバイスの名前。
passkey-add = パスキーを追加
passkey-hint = 最も速い方法です。指紋、顔、またはこのデバイスのPINを使います。
passkey-rename = 名前を変更
passkey-remove = 削除

app = 認証アプリ
app-title = 認証アプリを設定
app-intro = アプリでコードを読み取るか、キーを入力してください。次に、アプリに表示される6桁の数字を入力してください。
app-hint = スマートフォンのアプリが、30秒ごとに新しい6桁のコードを表示します。
app-qr = 認証アプリ用のコード
app-secret = アプリ用のキー
app-code = アプリの6桁の数字
app-confirm = 確認
app-add = 認証アプリを使う
app-there = 認証アプリが設定されています。
app-remove = アプリを削除

codes = リカバリーコード
codes-title = リカバリーコード
codes-intro = パスキーやアプリを失った場合、これらのコードのいずれかで入れます。各コードは1回だけ使えます。印刷するか、パスワードマネージャーに保管してください。
codes-kept = 保管しました
codes-new = 新しいコードを作成
codes-left = { $n ->
    [0] 残りのコードはありません。
   *[other] 残りのコードは{ $n }個です。
}

password-old = 現在のパスワード
password-new = 新しいパスワード
password-change = パスワードを変更
password-ends = 他のセッションはすべて終了します。

sessions = セッション
sessions-region = 自分のセッション、横にスクロールします
sessions-end-others = 他のセッションをすべて終了
session-browser = ブラウザ
session-browser-on = { $system }の{ $browser }
session-unknown = 不明なブラウザ
session-method = サインイン方法
session-address = アドレス
session-began = 開始
session-this = このセッション
session-end = 終了
session-password = パスワード
session-password-second = パスワードと二つ目の要素
session-passkey = パスキー
session-oidc = シングルサインオン
session-break-glass = サーバーで作成したリンク

set-up-password-title = 自分のパスワードを選ぶ
set-up-password-intro = 入力したパスワードは他の人が設定したものか、置き換える必要があるものです。
set-up-factor-title = 二つ目の要素を追加
set-up-factor-intro = この役割にはパスワード以外の確認も必要です。まず1つ選んでください。後から追加できます。

rescue-title = サーバーで作成したリンクでサインイン
rescue-intro = { $person }さんとしてサインインします。アカウントのパスキー、認証アプリ、リカバリーコードは削除され、新しいパスワードを選びます。
rescue-act = サインイン

confirm-elsewhere = パスワードだけでは足りません。先に本人であることを確認してください。
confirm-elsewhere-act = 確認

message-password-changed = パスワードを変更しました。他のセッションはすべて終了しました。
message-factor-added = 追加しました。
message-factor-removed = 削除しました。
message-session-ended = 終了しました。

refusal-second-factor = この役割には二要素認証が必要です。先に別のものを追加してください。
refusal-no-factor = 先にパスキーまたは認証アプリを追加してください。
refusal-passkey-known = このパスキーはすでに登録されています。
refusal-passkey-limit = 1つのアカウントのパスキーは20個までです。
refusal-app = 認証アプリはすでに設定されています。先に削除してください。

activity-password = がパスワードを変更
activity-rescue = がサーバーでサインインリンクを作成
activity-rescued = がサーバーのリンクでサインイン
activity-factor-added = が二つ目の要素を追加
activity-factor-removed = が二つ目の要素を削除
activity-factor-renamed = がパスキーの名前を変更
activity-codes = が新しいリカバリーコードを作成
activity-code-used = がリカバリーコードを使用
activity-session-revoked = がセッションを終了
