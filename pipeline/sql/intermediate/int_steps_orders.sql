-- Orders in their first hours, in which customers and payments change their minds.
-- grain: one row per order
-- key: none (facts)
-- owner: pipeline
-- units: hours since 1970 UTC; a null closed_hour was not cancelled
-- incremental: view
-- facts: orders.placed_at..cancelled_at
-- ends: closed_hour
with order_rows as (
  select * from orders
),

final as (
  select
    market,
    epoch_us(placed_at) // 3600000000 as opened_hour,
    case
      when status = 'cancelled' and cancelled_at is not null
        then epoch_us(greatest(placed_at, cancelled_at)) // 3600000000
    end as closed_hour,
    provider,
    channel,
    region
  from order_rows
)

select * from final
