"""Payment providers behind the port of `server.payments.models.Provider`."""
