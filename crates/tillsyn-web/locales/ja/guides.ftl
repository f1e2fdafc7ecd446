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

first-steps = 最初の手順
first-steps-done = { $all }件中{ $n }件完了
first-done = 完了
first-open = 未完了
first-more = 手順を見る
first-hide-me = 自分には表示しない
first-hide-all = 全員に表示しない
first-address = デバイスが信頼するアドレス
first-address-text = 公開アドレスに合う証明書が確認できず、このアドレスへのアクセスもまだありません。
first-address-act = リスナーとサーバー
first-push = プッシュ証明書
first-push-text = これがないと、待っているものがあることをデバイスに知らせることができません。
first-mail = メールサーバー
first-mail-text = 招待、サインイン用のリンク、通知はメールで送られます。
first-mail-act = メールサーバーを設定
first-admins = 2段階目を設定した管理者2名
first-admins-text = 2名がサインインできる必要があります。それぞれパスキー、アプリ、またはシングルサインオンを設定し、回復コードを別の場所に保管してください。
first-admins-act = 管理者
first-people = 組織単位または人
first-people-text = 権限とプロファイルは組織単位に適用され、招待は人に送られます。
first-people-act = 人
first-invite = 最初の招待
first-invite-text = いくつかの質問に答えると、適した方法がわかります。
first-device = 最初のデバイス
first-device-text = デバイスで招待を開きます。登録の試行は手順ごとに記録されます。
first-device-act = 登録の試行
first-profile = 最初のプロファイルの割り当て
first-profile-text = テンプレートから始め、効果を確認して、組織単位またはグループに割り当てます。
first-profile-act = プロファイル
first-backup = データベースとマスターキーのバックアップ
first-backup-text = コピーし、別々に保管し、一度復元を試したこと。確認できるのはあなただけです。
first-backup-act = 実施しました

guide-intro = わかることに答えると、適した登録方法がわかります。次に進むまで何も作成されません。
guide-about = デバイスについて
guide-platform = 種類は何ですか
guide-owner = 所有者は誰ですか
guide-owner-organisation = 組織
guide-owner-person = 本人
guide-owner-hint = 業務データは分けて保管され、見える範囲が狭くなります。
guide-state = どのような状態ですか
guide-state-new = 新品、または消去してよい
guide-state-in-use = 使用中で、消去できない
guide-state-managed = 別のサーバーが管理している
guide-by = 誰が設定しますか
guide-by-people = 本人がそれぞれ設定する
guide-by-staff = 担当者が代わりに設定する
guide-by-staff-hint = 教室、病棟、貸し出し、キオスク
guide-count = およその台数
guide-show = 適した方法を表示
guide-asked-organisation = { $n ->
   *[other] 組織が所有する{ $a } { $n }台の登録方法
}
guide-asked-person = { $n ->
   *[other] 本人が所有する{ $a } { $n }台の登録方法
}
guide-before = 始める前に
guide-help = 詳しく読む
guide-no-right = この方法は適していますが、お使いのロールでは開始できません。管理者に依頼してください。
guide-fit-best = 最適
guide-fit-possible = 可能
guide-fit-no = 適しません
guide-fit-not-there = 未対応
guide-invitation = 招待を1件作成
guide-invitation-text = リンク、QRコード、短いコードを使います。デバイスを持つ人が開いて、プロファイルをインストールします。
guide-invitation-act = 招待を作成
guide-batch = メールで招待
guide-batch-text = それぞれの人に専用のリンクがメールで届き、登録が終わるまでリマインダーが送られます。
guide-batch-act = メールで招待
guide-own = 本人が自分で登録
guide-own-text = 案内されたアドレスを開き、サインインして手順に従います。
guide-own-act = セルフサービスの設定
guide-moving = 別のサーバーからの移行
guide-moving-text = 登録を保ったまま、デバイスに触れずにサーバーを切り替えます。
guide-moving-act = 移行の手順
guide-automated = 自動デバイス登録
guide-automated-text = 最初に電源を入れたとき、Apple Business ManagerまたはSchool Managerを通じてデバイスがサーバーを見つけます。
guide-android = Android Enterprise
guide-android-text = 仕事用プロファイルと、管理対象のAndroidデバイス。
guide-windows = Windows
guide-windows-text = Windowsコンピューターの管理。
guide-keeps-data = デバイスの内容は消去されません
guide-person-alone = 本人だけで、約3分で終わります
guide-no-mail = メールアドレスは不要です
guide-many-at-once = 一度に多数を招待でき、進み具合の確認と催促ができます
guide-nothing-per-device = デバイスごとの準備は不要です
guide-nothing-touched = 誰もデバイスに触れません
guide-private-stays = 個人のデータは見えず、ここからデバイスを消去することもできません
guide-not-supervised = 監視対象ではないため、本人が管理を解除でき、一部の設定は使えません
guide-one-by-one = 1台ずつ操作します（1台約3分）
guide-needs-mail = それぞれの人にメールアドレスが必要です
guide-leave-first = 先に別のサーバーの管理を解除する必要があります
guide-records = 別のサーバーの登録情報とプッシュ証明書が必要です
guide-made-for-many = 多数向けです。1台なら招待を1件作成するほうが早く済みます
guide-unit-allows = 組織単位の許可と、それぞれの人のアカウントが必要です
guide-other-platform = iPhone、iPad、Mac用です。使うには別の種類を選んでください。
guide-not-managed = 別のサーバーは管理していないと回答されました。使うには回答を変えてください。
guide-staff = 担当者が設定すると回答されましたが、これは本人が設定する方法です。使うには回答を変えてください。
guide-personal = 本人が所有すると回答されました。これは組織が購入したデバイス用です。
guide-must-not-erase = 消去できないと回答されました。これは消去したデバイスから始める方法で、まだ対応していません。
guide-not-there-yet = Tillsynはまだ対応していません。
guide-push-good = プッシュ証明書の有効期限：{ $a }
guide-push-missing = 有効なプッシュ証明書がありません。
guide-address-good = サーバーの証明書は公開アドレスに合っています
guide-address-unknown = 公開アドレスに合う証明書が確認できません。プロキシを使う場合は、デバイスでアドレスをお試しください。
guide-mail-good = メールサーバーは設定済みです
guide-mail-missing = メールサーバーがありません。
guide-own-good = 許可している組織単位があります
guide-own-off = 許可している組織単位はまだありません。
guide-policy = 日数、PIN、利用条件は設定のとおりです。

nav-all-settings = すべての設定
areas-intro = 各項目の現在の状態です。お使いのロールで見られないものは表示されません。
first-show = 最初の手順をもう一度表示
area-organisation = 組織と組織単位
area-branding = ブランド表示
area-units = { $n ->
   *[other] 組織単位：{ $n }
}
area-units-named = { $n ->
   *[other] 組織単位：{ $n }（表示名：{ $a }）
}
area-people = 人とディレクトリ
area-directories = { $n ->
    [0] ディレクトリはありません
   *[other] ディレクトリ{ $n }件、すべて正常
}
area-directories-ill = { $n ->
   *[other] 読み取れないディレクトリ：{ $n }件
}
area-directories-held = { $n ->
   *[other] 確認待ちのディレクトリの変更：{ $n }件
}
area-sign-in = サインインとロール
area-sign-in-own = 管理者とプログラムのサインイン方法
area-second-steps = { $n ->
   *[other] 管理者{ $n }名全員が2段階目を設定済み
}
area-without-second-step = 管理者{ $all }名中{ $n }名が2段階目を未設定
area-ends = 有効期限：{ $a }
area-authorities = 認証局
area-certificates = デバイス証明書
area-first-ends = 最初の有効期限：{ $a }
area-enrollment = 登録と招待
area-own-devices-on = 本人による登録を許可している組織単位があります
area-own-devices-off = デバイスの登録は招待のみです
area-mail-webhooks = メールとWebhook
area-mail = メールは{ $a }から送信
area-webhooks = { $n ->
    [0] Webhookはありません
   *[other] Webhook：{ $n }件
}
area-guard = 保留{ $n }分、{ $from }台以上は2人目の承認が必要
area-audit-settings = 保存期間と保全
area-audit = { $n ->
   *[other] イベントの保存期間：{ $n }日
}
area-inventory = { $n ->
   *[other] { $n }時間ごとにデバイスに問い合わせ
}
area-inventory-off = 要求があったときだけデバイスに問い合わせます
area-backup-title = バックアップ
area-backup = { $a }に{ $who }が確認
area-backup-none = バックアップはまだ確認されていません
area-server = リスナーとサーバー
server-intro = このノードの起動時の設定です。変更は設定ファイルで行います。
server-help = すべてのキー
server-listeners = リスナー
server-listeners-none = このノードを起動したプログラムは、リスナーの情報を渡していません。
server-serves-all = デバイス、人、コンソール
server-serves-public = デバイスと人
server-serves-admin = コンソールとAPI
server-proof-signature = デバイスが各メッセージに署名します
server-proof-mtls = デバイスがTLS証明書を提示します
server-proof-header = プロキシがデバイスの証明書を{ $a }で渡します
server-tls-off = TLSなし：プロキシが担当するか、ループバックです
server-tls-unreadable = { $a }を読み取れません。以前の証明書が引き続き使われています
server-tls-unfit = 証明書がアドレスに合わないか、現在有効ではありません。有効期限：{ $a }
server-tls-until = TLS証明書の有効期限：{ $a }
server-subject = サブジェクト
server-issuer = 発行者
server-names = 名前
server-settings = 設定ファイルの値
server-settings-sub = 秘密の値は除く
server-settings-none = 標準の値と異なるものはありません。
server-key = キー
server-value = 値
server-public = 公開アドレス
server-console = コンソールのアドレス
server-engine = データベース
server-node = このノード
server-version = バージョン
backup-intro = サーバー上の「tillsyn backup FILE」は、稼働を止めずにデータベース全体を封印された1つのファイルに書き出し、「tillsyn restore FILE」は空のデータベースに読み込みます。一緒に必要なものは次のとおりです。
backup-help = 詳しい手順
backup-what = 一緒に必要なもの
backup-database = **データベース**：デバイス、人、プロファイル、監査、証明書と封印された鍵。
backup-key = **マスターキー**：これがないとデータベースは使えず、両方がそろうとすべてが手に入ります。別々に保管してください。
backup-configuration = **設定ファイル**と、そこに書かれたファイル：TLSの証明書と鍵、ルート証明書。
backup-how = 作り方
backup-how-text = サーバーは動かしたままで作れます。SQLiteでもPostgreSQLでも同じです。
backup-try = 試し方
backup-try-text = ネットワークから切り離した空のマシンで行ってください。復元したコピーがサーバーと並んで動くと、同じデバイスと通信します。
backup-last = 最後の確認
backup-confirmed = { $a }が確認しました
backup-not-seen = サーバーにわかるのはバックアップを作った時刻だけで、ファイルが残っていて復元できるかどうかはわかりません。ここで確認した内容は監査に残ります。
authorities-intro = この環境が署名に使うものです。鍵はマスターキーで封印され、データベースの外に出ません。
authorities-ours = この環境の認証局
authorities-none = 認証局は組織全体のものです。お使いのアカウントはその一部にしか届きません。
authority-use = 用途
authority-algorithm = 鍵
authority-until = 有効期限
authority-issued = 発行数
authority-not-counted = 数えません
authority-devices = デバイスの身元
authority-networks = ネットワークとメール
authority-signing-root = プロファイル署名のルート
authority-profiles = プロファイルの署名
authority-scep = SCEPによる証明書の要求
authority-audit = 監査の署名
server-settings-region = 設定ファイルの値の表
authorities-region = 認証局の表
