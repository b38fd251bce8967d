-- Shipments as the sources and the core tell them.
-- grain: one row per shipment
-- key: order_id, shipment_id
-- owner: pipeline
-- units: money bigint cents, weight grams, times timestamptz UTC
-- incremental: view
-- An order that the core has, has the rows of the core alone.
with log_rows as (
  select * from raw_log_shipments
),

file_rows as (
  select
    * exclude (node_external_id),
    provider || ':' || node_external_id as node_id
  from raw_file_shipments
  anti join raw_log_orders
    on raw_log_orders.provider = raw_file_shipments.provider
    and raw_log_orders.order_external_id = raw_file_shipments.order_external_id
),

united as (
  select * from file_rows
  union all by name
  select * from log_rows
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    shipment_external_id as shipment_id,
    market,
    provider,
    node_id,
    carrier,
    service,
    tracking_number,
    shipped_at,
    promised_at,
    delivered_at,
    freight_cost_cents,
    insurance_cents,
    weight_g
  from united
)

select * from final
