-- Work given to nodes as the sources and the core tell it.
-- grain: one row per fulfillment order
-- key: order_id, fulfillment_order_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
-- An order that the core has, has the rows of the core alone.
with log_rows as (
  select * from raw_log_fulfillment_orders
),

file_rows as (
  select
    * exclude (node_external_id),
    provider || ':' || node_external_id as node_id
  from raw_file_fulfillment_orders
  anti join raw_log_orders
    on raw_log_orders.provider = raw_file_fulfillment_orders.provider
    and raw_log_orders.order_external_id = raw_file_fulfillment_orders.order_external_id
),

united as (
  select * from file_rows
  union all by name
  select * from log_rows
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    fulfillment_order_external_id as fulfillment_order_id,
    market,
    provider,
    node_id,
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
    processing_cost_cents,
    carrier,
    cancelled_at
  from united
)

select * from final
