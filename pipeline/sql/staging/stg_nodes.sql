-- Nodes as the sources tell them.
-- grain: one row per node
-- key: node_id
-- owner: pipeline
-- units: money bigint cents, coordinates in degrees, capacity in orders a day
-- incremental: view
with file_rows as (
  select * from raw_file_nodes
),

final as (
  select
    provider || ':' || node_external_id as node_id,
    market,
    provider,
    node_external_id as external_id,
    coalesce(name, node_external_id) as name,
    type,
    coalesce(time_zone, 'UTC') as time_zone,
    country,
    coalesce(region, 'unknown') as region,
    city,
    postal_code,
    latitude,
    longitude,
    daily_capacity,
    cut_off,
    processing_cost_cents,
    coalesce(is_active, true) as is_active
  from file_rows
)

select * from final
