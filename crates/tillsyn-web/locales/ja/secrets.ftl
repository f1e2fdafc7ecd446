permission-secrets-reveal-pins = ロックしたMacのPINの表示
permission-secrets-reveal-keys = 復旧キー、バイパスコード、パスワードの表示
permission-secrets-reveal-tokens = ロック解除トークンとブートストラップトークンの表示
