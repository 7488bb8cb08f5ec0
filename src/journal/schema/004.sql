-- Step 4: what the plan said that a run and its steps take, beside what they took.

-- form 3 of run
ALTER TABLE run ADD COLUMN predicted_ns INTEGER;
-- form 2 of result
ALTER TABLE step ADD COLUMN predicted_ns INTEGER;
