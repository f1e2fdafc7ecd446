activity-wake = が起こしました：
webhook-raw = デバイスの送信内容をそのまま（NanoMDM 形式で）受け取ります。ロック解除トークンやブートストラップトークンなどの秘密が含まれます。
webhook-event-raw = デバイスのメッセージ
webhook-format = 送信内容
webhook-format-events = 監査証跡のイベント
webhook-format-raw = デバイスの送信内容をそのまま（NanoMDM 形式）
webhook-format-hint = 元のメッセージのイベントはトピックです（mdm.Connect、mdm.*、すべてなら *）
webhook-format-warning = 元のメッセージには、ロック解除トークン、ブートストラップトークン、復旧キー、位置情報などの秘密が含まれます。受信者はデバイスを開けます。誰が有効にしたかは監査証跡に残ります。
