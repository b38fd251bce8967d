-- Nodes: warehouses, stores, 3PLs and drop-ship vendors.
-- grain: one row per node
-- key: node_id
-- owner: pipeline
-- units: money bigint cents, coordinates in degrees, capacity in orders a day
-- incremental: node
with node_rows as (
  select * from stg_nodes
),

final as (
  select
    node_id, market, provider, external_id, name, type, time_zone, country, region, city, postal_code,
    latitude, longitude, daily_capacity, cut_off, processing_cost_cents, is_active
  from node_rows
)

select * from final
