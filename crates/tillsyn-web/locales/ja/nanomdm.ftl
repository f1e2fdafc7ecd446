activity-wake = が起こしました：
webhook-raw = デバイスの送信内容をそのまま（NanoMDM 形式で）受け取ります。ロック解除トークンやブートストラップトークンなどの秘密が含まれます。
webhook-event-raw = デバイスのメッセージ
