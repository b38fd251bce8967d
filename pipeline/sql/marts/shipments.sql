-- Shipments with their lane and whether they came late.
-- grain: one row per shipment
-- key: order_id, shipment_id
-- owner: pipeline
-- units: money bigint cents, weight grams, times timestamptz UTC
-- incremental: order
-- order: placed_at
with shipment_rows as (
  select * from stg_shipments
),

headers as (
  select order_id, placed_at, promised_at, region, node_id from orders
),

origins as (
  select node_id, region from nodes
),

joined as (
  select
    shipment_rows.* replace (
      coalesce(shipment_rows.promised_at, headers.promised_at) as promised_at,
      coalesce(shipment_rows.node_id, headers.node_id) as node_id
    ),
    headers.placed_at,
    headers.region
  from shipment_rows
  inner join headers on headers.order_id = shipment_rows.order_id
),

final as (
  select
    joined.order_id,
    joined.shipment_id,
    joined.market,
    joined.provider,
    joined.node_id,
    coalesce(joined.carrier, 'unknown') as carrier,
    joined.service,
    joined.tracking_number,
    coalesce(origins.region, 'unknown') || '>' || joined.region as lane,
    joined.placed_at,
    joined.shipped_at,
    joined.promised_at,
    joined.delivered_at,
    joined.delivered_at > joined.promised_at as is_late,
    joined.freight_cost_cents,
    joined.insurance_cents,
    joined.weight_g
  from joined
  left join origins on origins.node_id = joined.node_id
)

select * from final
