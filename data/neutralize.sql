-- A copy for tests acts in nobody's books: no access, no secrets, nothing that runs by itself.
UPDATE xero_token
   SET client_secret = NULL,
       webhook_key = NULL,
       access_token = NULL,
       refresh_token = NULL,
       expires_at = NULL;

UPDATE ir_cron
   SET active = false
 WHERE id IN (SELECT export_cron_id FROM xero_connection UNION SELECT import_cron_id FROM xero_connection);

UPDATE xero_connection
   SET environment = 'simulator',
       remote_connection_id = NULL,
       scopes = NULL,
       state = CASE WHEN state IN ('connected', 'reconnect') THEN 'disconnected' ELSE state END;

-- What was under way there is settled there.
UPDATE xero_outbox
   SET request_id = NULL
 WHERE request_id IS NOT NULL;

UPDATE xero_request
   SET state = 'done',
       error = 'Given up when this database was neutralised.'
 WHERE state IN ('sending', 'doubt');
