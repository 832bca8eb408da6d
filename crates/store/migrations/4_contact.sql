-- Late cases by kind of signal, and the wait until the first human contact, without reading every case.
CREATE INDEX case_late ON cases (due_at, kind, channel) WHERE state = 'open';
CREATE INDEX case_opened ON cases (opened_at);
