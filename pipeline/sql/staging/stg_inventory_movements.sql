-- Stock movements as the sources tell them.
-- grain: one row per stock movement
-- key: provider, movement_id
-- owner: pipeline
-- units: quantities in units, times timestamptz UTC
-- incremental: view
with file_rows as (
  select * from raw_file_inventory_movements
),

final as (
  select
    market,
    provider,
    movement_external_id as movement_id,
    sku,
    provider || ':' || node_external_id as node_id,
    moved_at,
    kind,
    delta
  from file_rows
)

select * from final
