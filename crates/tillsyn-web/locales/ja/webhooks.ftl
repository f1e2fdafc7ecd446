# Webhook について記録されたこと。前に人の名前が付く。
activity-webhook-made = Webhook を作成
activity-webhook-changed = Webhook を変更
activity-webhook-paused = Webhook が一時停止
activity-webhook-resumed = Webhook の送信を再開
activity-webhook-removed = Webhook を削除
activity-webhook-key = Webhook に新しい鍵を発行
activity-webhook-test = Webhook にテストを送信
activity-webhook-retry = Webhook にイベントを再送
activity-webhook-failed = Webhook が1日間イベントを受け取らなかった
