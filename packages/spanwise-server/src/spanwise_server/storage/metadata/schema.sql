-- Made from the migrations by tools/generate_reference.py, for review; nothing runs it.

CREATE TABLE annotation_queue_assignments (
    queue_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_annotation_queue_assignments PRIMARY KEY (queue_id, user_id),
    CONSTRAINT fk_annotation_queue_assignments_queue_id FOREIGN KEY(queue_id) REFERENCES annotation_queues (id) ON DELETE CASCADE,
    CONSTRAINT fk_annotation_queue_assignments_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_annotation_queue_assignments_user_id ON annotation_queue_assignments (user_id);

CREATE TABLE annotation_queue_items (
    id VARCHAR NOT NULL,
    queue_id VARCHAR NOT NULL,
    object_type VARCHAR NOT NULL,
    object_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    completed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_annotation_queue_items PRIMARY KEY (id),
    CONSTRAINT fk_annotation_queue_items_queue_id FOREIGN KEY(queue_id) REFERENCES annotation_queues (id) ON DELETE CASCADE
);

CREATE INDEX ix_annotation_queue_items_object_id ON annotation_queue_items (object_id);

CREATE INDEX ix_annotation_queue_items_queue_id_status_created_at ON annotation_queue_items (queue_id, status, created_at);

CREATE TABLE annotation_queues (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    description TEXT,
    score_config_ids JSON NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_annotation_queues PRIMARY KEY (id),
    CONSTRAINT fk_annotation_queues_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_annotation_queues_project_id_name UNIQUE (project_id, name)
);

CREATE INDEX ix_annotation_queues_project_id_created_at ON annotation_queues (project_id, created_at);

CREATE TABLE "api_keys" (
    id VARCHAR NOT NULL,
    project_id VARCHAR,
    public_key VARCHAR NOT NULL,
    secret_hash BLOB NOT NULL,
    display_secret VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    organization_id VARCHAR,
    note VARCHAR,
    last_used_at BIGINT,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT ck_api_keys_one_owner CHECK ((project_id IS NULL) <> (organization_id IS NULL)),
    CONSTRAINT fk_api_keys_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_api_keys_public_key UNIQUE (public_key)
);

CREATE INDEX ix_api_keys_organization_id ON api_keys (organization_id);

CREATE INDEX ix_api_keys_project_id ON api_keys (project_id);

CREATE TABLE built_in_prices (
    id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_built_in_prices PRIMARY KEY (id)
);

CREATE TABLE comments (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    object_type VARCHAR NOT NULL,
    object_id VARCHAR NOT NULL,
    trace_id VARCHAR,
    content TEXT NOT NULL,
    author_user_id VARCHAR,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_comments PRIMARY KEY (id),
    CONSTRAINT fk_comments_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT fk_comments_author_user_id FOREIGN KEY(author_user_id) REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX ix_comments_author_user_id ON comments (author_user_id);

CREATE INDEX ix_comments_project_id_created_at ON comments (project_id, created_at);

CREATE INDEX ix_comments_project_id_object_type_object_id ON comments (project_id, object_type, object_id);

CREATE INDEX ix_comments_project_id_trace_id ON comments (project_id, trace_id);

CREATE TABLE dataset_items (
    project_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT NOT NULL,
    dataset_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    input TEXT,
    expected_output TEXT,
    metadata TEXT,
    source_trace_id VARCHAR,
    source_observation_id VARCHAR,
    created_at BIGINT NOT NULL,
    newest_first BIGINT NOT NULL,
    CONSTRAINT pk_dataset_items PRIMARY KEY (project_id, id, valid_from),
    CONSTRAINT fk_dataset_items_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE,
    CONSTRAINT uq_dataset_items_project_id_id_valid_to UNIQUE (project_id, id, valid_to)
);

CREATE INDEX ix_dataset_items_now ON dataset_items (dataset_id, valid_to, status, newest_first, id, valid_from);

CREATE INDEX ix_dataset_items_project ON dataset_items (project_id, valid_to, status, newest_first, id, valid_from);

CREATE INDEX ix_dataset_items_source ON dataset_items (project_id, source_trace_id);

CREATE INDEX ix_dataset_items_then ON dataset_items (dataset_id, status, newest_first, id, valid_from, valid_to);

CREATE TABLE dataset_run_items (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    dataset_item_id VARCHAR NOT NULL,
    trace_id VARCHAR NOT NULL,
    observation_id VARCHAR,
    dataset_version BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_dataset_run_items PRIMARY KEY (id),
    CONSTRAINT fk_dataset_run_items_run_id FOREIGN KEY(run_id) REFERENCES dataset_runs (id) ON DELETE CASCADE
);

CREATE INDEX ix_dataset_run_items_newest ON dataset_run_items (run_id, created_at, id);

CREATE INDEX ix_dataset_run_items_times ON dataset_run_items (project_id, created_at, trace_id, id);

CREATE TABLE dataset_runs (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    dataset_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    experiment_id VARCHAR NOT NULL,
    description TEXT,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_dataset_runs PRIMARY KEY (id),
    CONSTRAINT fk_dataset_runs_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE,
    CONSTRAINT uq_dataset_runs_dataset_id_name UNIQUE (dataset_id, name)
);

CREATE INDEX ix_dataset_runs_project_id_experiment_id ON dataset_runs (project_id, experiment_id);

CREATE TABLE datasets (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    description TEXT,
    metadata TEXT,
    input_schema TEXT,
    expected_output_schema TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_datasets PRIMARY KEY (id),
    CONSTRAINT fk_datasets_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_datasets_project_id_name UNIQUE (project_id, name)
);

CREATE INDEX ix_datasets_newest ON datasets (project_id, created_at, id);

CREATE TABLE deleted_experiments (
    project_id VARCHAR NOT NULL,
    experiment_id VARCHAR NOT NULL,
    deleted_at BIGINT NOT NULL,
    CONSTRAINT pk_deleted_experiments PRIMARY KEY (project_id, experiment_id),
    CONSTRAINT fk_deleted_experiments_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE llm_connections (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    adapter VARCHAR NOT NULL,
    display_secret VARCHAR NOT NULL,
    sealed_credentials BLOB NOT NULL,
    base_url VARCHAR,
    custom_models JSON NOT NULL,
    with_default_models BOOLEAN NOT NULL,
    extra_header_names JSON NOT NULL,
    config VARCHAR,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_llm_connections PRIMARY KEY (id),
    CONSTRAINT fk_llm_connections_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_llm_connections_project_id_provider UNIQUE (project_id, provider)
);

CREATE TABLE login_sessions (
    token_hash BLOB NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_login_sessions PRIMARY KEY (token_hash),
    CONSTRAINT fk_login_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_login_sessions_expires_at ON login_sessions (expires_at);

CREATE INDEX ix_login_sessions_user_id ON login_sessions (user_id);

CREATE TABLE media_files (
    project_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    sha256 BLOB NOT NULL,
    content_type VARCHAR NOT NULL,
    content_length BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    uploaded_at BIGINT,
    upload_status INTEGER,
    upload_error VARCHAR,
    upload_time_ms BIGINT,
    CONSTRAINT pk_media_files PRIMARY KEY (project_id, id),
    CONSTRAINT fk_media_files_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE media_links (
    project_id VARCHAR NOT NULL,
    media_id VARCHAR NOT NULL,
    trace_id VARCHAR NOT NULL,
    observation_id VARCHAR NOT NULL,
    dataset_id VARCHAR NOT NULL,
    dataset_item_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_media_links PRIMARY KEY (project_id, media_id, trace_id, observation_id, dataset_id, dataset_item_id, field),
    CONSTRAINT fk_media_links_project_id_media_id FOREIGN KEY(project_id, media_id) REFERENCES media_files (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_media_links_project_id_dataset_id_dataset_item_id ON media_links (project_id, dataset_id, dataset_item_id);

CREATE INDEX ix_media_links_project_id_trace_id ON media_links (project_id, trace_id);

CREATE TABLE models (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    match_pattern VARCHAR NOT NULL,
    start_date BIGINT,
    unit VARCHAR,
    tiers TEXT NOT NULL,
    tokenizer_id VARCHAR,
    tokenizer_config JSON,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_models PRIMARY KEY (id),
    CONSTRAINT fk_models_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_models_project_id_name UNIQUE (project_id, name)
);

CREATE TABLE organization_memberships (
    organization_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    CONSTRAINT pk_organization_memberships PRIMARY KEY (organization_id, user_id),
    CONSTRAINT fk_organization_memberships_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT fk_organization_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_organization_memberships_user_id ON organization_memberships (user_id);

CREATE TABLE organizations (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at BIGINT NOT NULL, metadata JSON,
    CONSTRAINT pk_organizations PRIMARY KEY (id)
);

CREATE TABLE price_revisions (
    id INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_price_revisions PRIMARY KEY (id)
);

CREATE TABLE project_memberships (
    project_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    CONSTRAINT pk_project_memberships PRIMARY KEY (project_id, user_id),
    CONSTRAINT fk_project_memberships_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT fk_project_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_project_memberships_user_id ON project_memberships (user_id);

CREATE TABLE projects (
    id VARCHAR NOT NULL,
    organization_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    retention_days INTEGER,
    metadata JSON NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT,
    CONSTRAINT pk_projects PRIMARY KEY (id),
    CONSTRAINT fk_projects_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE INDEX ix_projects_organization_id ON projects (organization_id);

CREATE TABLE prompt_labels (
    prompt_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_prompt_labels PRIMARY KEY (prompt_id, label),
    CONSTRAINT fk_prompt_labels_prompt_id_version FOREIGN KEY(prompt_id, version) REFERENCES prompt_versions (prompt_id, version) ON DELETE CASCADE
);

CREATE INDEX ix_prompt_labels_prompt_id_version ON prompt_labels (prompt_id, version);

CREATE TABLE prompt_references (
    parent_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    version INTEGER,
    label VARCHAR,
    CONSTRAINT pk_prompt_references PRIMARY KEY (parent_id, position),
    CONSTRAINT fk_prompt_references_parent_id FOREIGN KEY(parent_id) REFERENCES prompt_versions (id) ON DELETE CASCADE,
    CONSTRAINT fk_prompt_references_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX ix_prompt_references_project_id_name ON prompt_references (project_id, name);

CREATE TABLE prompt_revisions (
    project_id VARCHAR NOT NULL,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_prompt_revisions PRIMARY KEY (project_id),
    CONSTRAINT fk_prompt_revisions_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE prompt_versions (
    id VARCHAR NOT NULL,
    prompt_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    config TEXT NOT NULL,
    commit_message TEXT,
    created_by VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_prompt_versions PRIMARY KEY (id),
    CONSTRAINT fk_prompt_versions_prompt_id FOREIGN KEY(prompt_id) REFERENCES prompts (id) ON DELETE CASCADE,
    CONSTRAINT uq_prompt_versions_prompt_id_version UNIQUE (prompt_id, version)
);

CREATE TABLE prompts (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    tags TEXT NOT NULL,
    CONSTRAINT pk_prompts PRIMARY KEY (id),
    CONSTRAINT fk_prompts_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_prompts_project_id_name UNIQUE (project_id, name)
);

CREATE TABLE protected_prompt_labels (
    project_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    CONSTRAINT pk_protected_prompt_labels PRIMARY KEY (project_id, label),
    CONSTRAINT fk_protected_prompt_labels_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE TABLE score_configs (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    data_type VARCHAR NOT NULL,
    is_archived BOOLEAN NOT NULL,
    min_value FLOAT,
    max_value FLOAT,
    categories JSON,
    description TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_score_configs PRIMARY KEY (id),
    CONSTRAINT fk_score_configs_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE
);

CREATE INDEX ix_score_configs_project_id_created_at ON score_configs (project_id, created_at);

CREATE TABLE users (
    id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    password_hash VARCHAR,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email UNIQUE (email)
);
