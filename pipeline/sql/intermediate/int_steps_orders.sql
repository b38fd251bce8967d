-- Orders in their first hours, in which customers and payments change their minds.
-- grain: one row per order
-- key: none (facts)
-- owner: pipeline
-- units: hours since 1970 UTC; a null closed_hour was not cancelled; bought = who paid how much
-- incremental: view
-- facts: orders.placed_at..cancelled_at
-- ends: closed_hour
-- lasts: 2 hours
-- What a node did not find and so was canceled says nothing of customers.
with order_rows as (
  select * from orders
),

not_found as (
  select order_id, sum(short_quantity) as short_quantity
  from fulfillment_orders
  where order_id in (select order_id from order_rows)
  group by order_id
),

final as (
  select
    order_rows.market,
    epoch_us(placed_at) // 3600000000 as opened_hour,
    case
      when status = 'cancelled' and cancelled_at is not null and coalesce(short_quantity, 0) = 0
        then epoch_us(greatest(placed_at, cancelled_at)) // 3600000000
    end as closed_hour,
    provider,
    channel,
    region,
    customer_ref || '/' || total_cents as bought
  from order_rows
  left join not_found on not_found.order_id = order_rows.order_id
)

select * from final
