-- Shipments as the sources tell them.
-- grain: one row per shipment
-- key: order_id, shipment_id
-- owner: pipeline
-- units: money bigint cents, weight grams, times timestamptz UTC
-- incremental: view
with file_rows as (
  select * from raw_file_shipments
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    shipment_external_id as shipment_id,
    market,
    provider,
    provider || ':' || node_external_id as node_id,
    carrier,
    service,
    tracking_number,
    shipped_at,
    promised_at,
    delivered_at,
    freight_cost_cents,
    insurance_cents,
    weight_g
  from file_rows
)

select * from final
