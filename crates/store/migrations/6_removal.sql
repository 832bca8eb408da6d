-- What is taken out looks for whatever still names it: without these it reads whole tables, piece after piece.
CREATE INDEX attachment_by_hash ON attachment (sha256);
CREATE INDEX outbox_of_message ON outbox (message_key);
CREATE INDEX case_continues ON cases (continues_key) WHERE continues_key IS NOT NULL;
CREATE INDEX case_joined ON cases (joined_key) WHERE joined_key IS NOT NULL;
CREATE INDEX private_link_of_conversation ON private_link (conversation_key);
CREATE INDEX customer_joined ON customer (joined_into) WHERE joined_into IS NOT NULL;
