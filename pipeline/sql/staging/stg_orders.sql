-- Orders as the sources and the core tell them, with the id that every table shares.
-- grain: one row per order
-- key: order_id
-- owner: pipeline
-- units: money bigint cents, times timestamptz UTC
-- incremental: view
-- Once the core has an order, what it says of it counts and the rows of files do not.
with log_rows as (
  select * from raw_log_orders
),

file_rows as (
  select *
  from raw_file_orders
  anti join raw_log_orders
    on raw_log_orders.provider = raw_file_orders.provider
    and raw_log_orders.order_external_id = raw_file_orders.order_external_id
),

united as (
  select * from file_rows
  union all by name
  select * from log_rows
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    market,
    provider,
    order_external_id as external_id,
    placed_at,
    status,
    channel,
    method,
    currency,
    customer_ref,
    ship_to_country as country,
    ship_to_region as region,
    ship_to_city as city,
    ship_to_postal_code as postal_code,
    promised_at,
    approved_at,
    shipped_at,
    delivered_at,
    cancelled_at,
    total_cents,
    freight_cents,
    tax_cents,
    discount_cents,
    flags
  from united
)

select * from final
