# The portal's frame, and sign-in for people.
portal-menu = あなたのページ
portal-devices = 自分の端末
portal-me = 自分のプロフィール
portal-help-own = ご不明な点は、所属組織の IT サポートにお問い合わせください。
portal-sign-in-intro = 端末用のメールアドレスとパスワードでサインインします。
portal-sign-in-needed = 続けるにはサインインしてください。
portal-signed-out = サインアウトしました。
portal-sign-in-failed = メールアドレスまたはパスワードが正しくありません。
portal-error-forbidden = この操作はできません
portal-error-forbidden-text = このアカウントでは実行できません。所属組織の IT サポートにお問い合わせください。
portal-error-missing-text = アドレスが間違っているか、内容がなくなっています。
portal-error-refused-text = ページを開き直してもう一度お試しください。解決しない場合は、所属組織の IT サポートにお問い合わせください。
portal-error-on = 続ける
