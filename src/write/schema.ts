/** The schema of the design document, as flujo 0.4.32 makes it. */
export const TABLES = `
CREATE TABLE workflow_state (
  run_id TEXT PRIMARY KEY,
  pipeline_id TEXT NOT NULL,
  pipeline_name TEXT NOT NULL,
  pipeline_version TEXT NOT NULL,
  current_step_index INTEGER NOT NULL DEFAULT 0,
  pipeline_context TEXT NOT NULL,
  last_step_output TEXT,
  step_history TEXT,
  status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'completed', 'failed', 'cancelled')),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  total_steps INTEGER DEFAULT 0,
  error_message TEXT,
  execution_time_ms INTEGER,
  memory_usage_mb REAL
);
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  pipeline_name TEXT NOT NULL,
  pipeline_version TEXT NOT NULL,
  status TEXT NOT NULL,
  start_time TEXT NOT NULL,
  end_time TEXT,
  total_cost REAL,
  final_context_blob TEXT
);
CREATE TABLE steps (
  step_run_id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  step_name TEXT NOT NULL,
  step_index INTEGER NOT NULL,
  status TEXT NOT NULL,
  start_time TEXT NOT NULL,
  end_time TEXT,
  duration_ms INTEGER,
  cost REAL,
  tokens INTEGER,
  input_blob TEXT,
  output_blob TEXT,
  error_blob TEXT,
  FOREIGN KEY(run_id) REFERENCES runs(run_id) ON DELETE CASCADE
);
CREATE TABLE spans (
  span_id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  parent_span_id TEXT,
  name TEXT NOT NULL,
  start_time REAL NOT NULL,
  end_time REAL,
  status TEXT DEFAULT 'running',
  attributes TEXT, -- JSON for flexible metadata
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (run_id) REFERENCES runs(run_id) ON DELETE CASCADE,
  FOREIGN KEY (parent_span_id) REFERENCES spans(span_id) ON DELETE CASCADE
);`;

/** Made when the rows are in: one index after the other in one pass each. */
export const INDEXES: readonly string[] = [
  "CREATE INDEX idx_workflow_state_status ON workflow_state(status)",
  "CREATE INDEX idx_workflow_state_created_at ON workflow_state(created_at)",
  "CREATE INDEX idx_workflow_state_pipeline_id ON workflow_state(pipeline_id)",
  "CREATE INDEX idx_runs_status ON runs(status)",
  "CREATE INDEX idx_runs_pipeline_name ON runs(pipeline_name)",
  "CREATE INDEX idx_runs_start_time_desc ON runs(start_time DESC)",
  "CREATE INDEX idx_runs_status_start_time ON runs(status, start_time DESC)",
  "CREATE INDEX idx_steps_run_id ON steps(run_id)",
  "CREATE INDEX idx_spans_run_id ON spans(run_id)",
  "CREATE INDEX idx_spans_status ON spans(status)",
  "CREATE INDEX idx_spans_name ON spans(name)",
  "CREATE INDEX idx_spans_start_time ON spans(start_time)",
  "CREATE INDEX idx_spans_parent_span_id ON spans(parent_span_id)",
];
