"""The box office: what is sold without a buyer online.

Sales over the counter and from allocations, complimentary tickets, guest lists with their door, and
tickets sold elsewhere. Each is an order of a channel of its own, sold as it is made
(`inventory.taking.sell`), so what is sold is counted in one place whoever sells it.
"""
