-- Settings of the store itself (the pack it runs, the next ids it gives out).
CREATE TABLE setting (
  name $TEXT NOT NULL PRIMARY KEY,
  value $TEXT NOT NULL
) $CLUSTERED;

-- Ids that are never reused. The row is the lock of the one who takes from it.
CREATE TABLE counter (
  name $TEXT NOT NULL PRIMARY KEY,
  next $INT NOT NULL
) $CLUSTERED;
