-- Made from the migrations by tools/generate_reference.py, for review; nothing runs it.

CREATE TABLE api_keys (
    id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    public_key VARCHAR NOT NULL,
    secret_hash BLOB NOT NULL,
    display_secret VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_project_id FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT uq_api_keys_public_key UNIQUE (public_key)
);

CREATE INDEX ix_api_keys_project_id ON api_keys (project_id);

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
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_organizations PRIMARY KEY (id)
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
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_projects PRIMARY KEY (id),
    CONSTRAINT fk_projects_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE INDEX ix_projects_organization_id ON projects (organization_id);

CREATE TABLE users (
    id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    password_hash VARCHAR,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email UNIQUE (email)
);
