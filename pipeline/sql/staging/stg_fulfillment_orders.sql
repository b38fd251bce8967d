-- Work given to nodes as the sources tell it.
-- grain: one row per fulfillment order
-- key: order_id, fulfillment_order_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
with file_rows as (
  select * from raw_file_fulfillment_orders
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    fulfillment_order_external_id as fulfillment_order_id,
    market,
    provider,
    provider || ':' || node_external_id as node_id,
    status,
    coalesce(attempt, 1) as attempt,
    released_at,
    accepted_at,
    rejected_at,
    reject_reason,
    picked_at,
    packed_at,
    shipped_at,
    ship_by,
    quantity,
    coalesce(short_quantity, 0) as short_quantity,
    processing_cost_cents
  from file_rows
)

select * from final
