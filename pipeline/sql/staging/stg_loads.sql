-- Loads that were accepted.
-- grain: one row per load
-- key: load_id
-- owner: pipeline
-- units: records; times timestamptz UTC, wall time
-- incremental: view
with load_rows as (
  select * from loads
),

final as (
  select load_id, market, provider, loaded_at, records, accepted, quarantined
  from load_rows
)

select * from final
