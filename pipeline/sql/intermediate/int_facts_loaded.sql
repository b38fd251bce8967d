-- Loads at the hour they were accepted (wall time).
-- grain: one row per load
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; records
-- incremental: view
-- facts: loads.loaded_at
with load_rows as (
  select * from stg_loads
),

final as (
  select
    market,
    epoch_us(loaded_at) // 3600000000 as bucket_hour,
    provider,
    1 as loads,
    records,
    quarantined
  from load_rows
)

select * from final
